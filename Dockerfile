FROM python:3.12-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 DIEMCAU_HOST=0.0.0.0 DIEMCAU_DATA=/data
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY meetings meetings
COPY realtime realtime
COPY calendars calendars
COPY web web
RUN useradd --system --uid 10001 diemcau && mkdir /data && chown diemcau /data
USER diemcau
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')"]
ENTRYPOINT ["python", "-m", "web"]
CMD ["serve"]
