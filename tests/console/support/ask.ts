/** HTTP as a program or a browser may send it, with any header. */
import { request } from "node:http";

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: string;
}

export const ask = (port: number, path: string, headers: Record<string, string> = {}, method = "GET", body = "") =>
  new Promise<Answer>((resolve, reject) => {
    request({ port, path, headers, method, host: "127.0.0.1" }, (response) => {
      let said = "";
      response.on("data", (part) => {
        said += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: said }));
    })
      .on("error", reject)
      .end(body);
  });
