/** A web server with one page. Arguments: port, Server header, file. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [port, serverHeader, file] = process.argv.slice(2);
const page = readFileSync(file);

const server = createServer((_request, response) => {
  response.writeHead(200, { Server: serverHeader, "Content-Type": "text/html", "Content-Length": page.length });
  response.end(page);
});
server.maxConnections = 50;
server.listen(Number(port));
