// y-websocket's own server: one document, whatever is written in it sent to everybody.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { WebSocketServer } = require("ws");
const { setupWSConnection } = require("y-websocket/bin/utils");
const http = createServer();
new WebSocketServer({ server: http, perMessageDeflate: false }).on("connection", setupWSConnection);
http.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
for await (const _ of createInterface({ input: process.stdin })) { /* until it is closed */ }
process.exit(0);
