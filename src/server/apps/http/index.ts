export { httpApp } from "./http-app.ts";
