import { greeting } from "../greeting.ts";
import { listen } from "../listen.ts";

// What node:http costs on its own: no routing, no check of what came, a body only read.
listen((req, res) => {
  const answer = () => {
    const body = JSON.stringify({ result: { data: greeting("World") } });
    res.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    res.end(body);
  };
  if (req.method === "GET") {
    answer();
    return;
  }
  req.on("data", () => undefined);
  req.on("end", answer);
});
