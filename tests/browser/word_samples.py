"""HTML as Word and LibreOffice put it on the clipboard, written for these tests."""

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"><head>
<meta
name=Generator content="Microsoft Word 15"><style><!--
p.MsoNormal {margin:0cm; font-family:"Times New Roman"} @list l0:level1 {} --></style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head><body lang=VI><!--StartFragment-->
<h1 style='mso-outline-level:1'><span style='font-size:14pt'>I. Đánh giá
chung<o:p></o:p></span></h1>
<p class=MsoNormal style='text-align:justify'><b style='mso-bidi-font-weight:normal'><span lang=VI>Sở Y tế</span></b><span
style='mso-spacerun:yes'>&nbsp; </span>báo cáo <i>tiến độ</i><del>cũ</del><ins>mới</ins>.<span
style='mso-hide:all'>ẩn</span><o:p>&nbsp;</o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span><![endif]>Việc thứ nhất</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>-<span> </span></span><![endif]>chi tiết</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span> </span></span><![endif]>Việc thứ hai</p>
<table
class=MsoTableGrid border=1><tr><td width=100><p class=MsoNormal><b>Đơn vị</b></p></td>
<td><p class=MsoNormal>Hạn</p></td></tr>
<tr><td><p class=MsoNormal>Sở A</p><p class=MsoNormal>Sở B</p></td><td><table><tr><td>15/12</td></tr></table></td></tr></table>
<p class=MsoNormal><img src="file:///C:/x.png" onerror="alert(1)"><span
class=MsoCommentReference><a href="#_msocom_1">[A1]</a></span>Hết</p>
<script>alert(1)</script><div style='mso-element:comment-list'><p>Nhận xét của A</p></div><!--EndFragment--></body></html>"""

WORD_CLEAN = (
    "<h4>I. Đánh giá chung</h4><p><strong>Sở Y tế</strong> báo cáo <em>tiến độ</em>mới.</p>"
    "<ol><li><p>Việc thứ nhất</p><ul><li><p>chi tiết</p></li></ul></li><li><p>Việc thứ hai</p></li></ol>"
    "<table><tbody><tr><td><p><strong>Đơn vị</strong></p></td><td><p>Hạn</p></td></tr>"
    "<tr><td><p>Sở A</p><p>Sở B</p></td><td><p>15/12</p></td></tr></tbody></table><p>Hết</p>"
)

LIBREOFFICE = """<meta http-equiv="content-type" content="text/html; charset=utf-8"><style>p { margin-bottom: 0.1in }</style>
<h2 class="western"><font face="Liberation Serif, serif"><font size="4">K\u1ebf hoa\u0323ch</font></font></h2>
<p align="justify" style="line-height: 150%"><font color="#000000"><font face="Times New Roman"><b>Chu\u0309 tr\u00ec:</b> Sở Nội vụ<br>
Phối hợp: <span style="font-style: italic">Sở Tài chính</span></font></font></p>
<ol><li><p style="margin-bottom: 0in">một</p></li><li><p>hai</p><ul><li><p>hai phẩy một</p></li></ul></li></ol>
<blockquote>Trích lời</blockquote><p><br></p>"""

LIBREOFFICE_CLEAN = (
    "<h4>Kế hoạch</h4><p><strong>Chủ trì:</strong> Sở Nội vụ<br>Phối hợp: <em>Sở Tài chính</em></p>"
    "<ol><li><p>một</p></li><li><p>hai</p><ul><li><p>hai phẩy một</p></li></ul></li></ol><blockquote><p>Trích lời</p></blockquote>"
)
