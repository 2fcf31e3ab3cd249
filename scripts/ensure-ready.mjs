// What the commands of package.json need before they begin: what is missing is installed, then bundled. Plain JavaScript for Node 20.
import "./ensure-installed.mjs";
import "./bundle/ensure.mjs";
