/** Starts the page. */
import "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css";
import "./styles.css";
import { render } from "preact";
import { App } from "./app.tsx";

const root = document.getElementById("page");
if (root) render(<App />, root);
