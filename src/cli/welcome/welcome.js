const answer = document.querySelector("#answer");
const status = document.querySelector("#status");

async function ask() {
  const began = performance.now();
  try {
    const response = await fetch("/api/hello", { cache: "no-store" });
    const text = await response.text();
    const took = (performance.now() - began).toFixed(1);
    status.textContent = `${response.status} ${response.statusText} · ${took} ms`;
    status.className = response.ok ? "status ok" : "status bad";
    answer.textContent = response.ok ? JSON.stringify(JSON.parse(text), null, 2) : text;
  } catch (error) {
    status.textContent = "no answer";
    status.className = "status bad";
    answer.textContent = String(error);
  }
}

document.querySelector("#again").addEventListener("click", () => void ask());
void ask();
