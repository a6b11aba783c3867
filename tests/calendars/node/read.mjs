// Reads {calendars: [text], mails: [base64]} from its input; says as JSON what ical.js and mailparser understand of each.
import ICAL from "ical.js";
import { simpleParser } from "mailparser";

const MOST = 500;
const instant = (time) => time.toJSDate().toISOString();

function calendarOf(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  ICAL.TimezoneService.reset();
  for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
  const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: events.map((event) => ({
      uid: event.uid,
      sequence: event.sequence,
      title: event.summary,
      status: event.component.getFirstPropertyValue("status"),
      organiser: event.organizer,
      attendees: event.attendees.map((one) => [one.getFirstValue(), one.getFirstParameter("partstat") ?? "", one.getFirstParameter("cn") ?? ""]),
      location: event.location,
      description: event.description,
      recurrence: event.recurrenceId ? instant(event.recurrenceId) : null,
    })),
    instances: instancesOf(events),
  };
}

/** [start, end, title] of every occurrence, those that were changed as they are now. */
function instancesOf(events) {
  const found = [];
  for (const event of events.filter((one) => !one.recurrenceId && one.startDate)) {
    for (const other of events.filter((one) => one.recurrenceId && one.uid === event.uid)) event.relateException(other);
    if (!event.isRecurring()) { found.push([instant(event.startDate), instant(event.endDate), event.summary]); continue; }
    const dates = event.iterator();
    for (let next = dates.next(); next && found.length < MOST; next = dates.next()) {
      const { startDate, endDate, item } = event.getOccurrenceDetails(next);
      found.push([instant(startDate), instant(endDate), item.summary]);
    }
  }
  return found;
}

async function mailOf(content) {
  const mail = await simpleParser(Buffer.from(content, "base64"), { keepCidLinks: true });
  const addresses = (header) => (header?.value ?? []).map(({ name, address }) => [name, address]);
  return {
    subject: mail.subject, from: addresses(mail.from), to: addresses(mail.to), reply_to: addresses(mail.replyTo), text: mail.text ?? "",
    html: mail.html || "", message_id: mail.messageId,
    parts: mail.attachments.map(({ contentType, filename, contentDisposition, content: bytes }) => ({
      kind: contentType, name: filename ?? "", disposition: contentDisposition ?? "", content: bytes.toString("base64"),
    })),
  };
}

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { calendars = [], mails = [] } = JSON.parse(Buffer.concat(chunks).toString());
process.stdout.write(JSON.stringify({ calendars: calendars.map(calendarOf), mails: await Promise.all(mails.map(mailOf)) }));
