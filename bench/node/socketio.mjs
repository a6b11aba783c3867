// socket.io as its documentation shows it: everybody in one room. A line `N EVENT` on standard input is told to all N times.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { perMessageDeflate: false });
io.on("connection", (socket) => socket.join("room"));
http.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("listening"));
for await (const line of createInterface({ input: process.stdin })) {
  const [, rounds, event] = line.match(/^(\d+) (.*)$/);
  for (let n = 0; n < rounds; n++) {
    io.to("room").emit("events", JSON.parse(event));
    await new Promise(setImmediate);
  }
}
process.exit(0);
