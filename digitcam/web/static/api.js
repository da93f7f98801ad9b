// Requests to the server. What fails is an ApiError with a sentence for the user.

const PATIENCE = 40_000; // milliseconds; the server's own patience is shorter

export class ApiError extends Error {
  constructor(status, sentence, retryAfter = 0) {
    super(sentence);
    this.status = status; // 0 where no answer came
    this.retryAfter = retryAfter; // seconds
  }
}

// No answer came, or not all of it.
function gone(error) {
  const words = error.name === "TimeoutError" ? "has not answered for long" : "does not answer: is it still running";
  return new ApiError(0, `digitcam ${words}?`, 1);
}

async function ask(address, options) {
  let response;
  try {
    response = await fetch(address, { ...options, signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw gone(error);
  }
  if (response.status === 204) return null;
  let answer = {};
  try {
    answer = await response.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw gone(error); // it broke off in the middle
    throw new ApiError(response.status, "What digitcam answered cannot be understood.", 1);
  }
  if (!response.ok) {
    throw new ApiError(response.status, answer.error ?? "digitcam refused this.", Number(response.headers.get("Retry-After")));
  }
  return answer;
}

// A reading of a picture (a Blob), with the crop of each digit; null where a newer picture of the same page has
// taken its place. `wish` may hold page, time and frame.
export function read(picture, wish = {}) {
  const words = new URLSearchParams({ crops: "1", ...wish });
  return ask(`/api/read?${words}`, { method: "POST", body: picture });
}

// The network that reads, to look into: {state: "loading"} until it is open, then its names and stages.
export function network() {
  return ask("/api/inside");
}

// As `read`, with a look into the network at what is picked: `wish` may hold point, or box and refused.
export function look(picture, wish = {}) {
  const words = new URLSearchParams({ crops: "1", ...wish });
  return ask(`/api/inside?${words}`, { method: "POST", body: picture });
}

// Say what a digit of a picture is: "0" to "9", or "not a digit". Gives a line for the user.
export async function correct(picture, digit, label) {
  const form = new FormData();
  form.append("image", picture, "picture");
  const said = { box: digit.box, crop: digit.crop, label, read_as: digit.label };
  form.append("correction", JSON.stringify(said));
  return (await ask("/api/corrections", { method: "POST", body: form })).message;
}

export async function models() {
  return (await ask("/api/models")).models;
}

// Names this page towards the server, where several are open.
export function pageName(part) {
  const numbers = crypto.getRandomValues(new Uint32Array(3));
  return `${part}-${[...numbers].map((number) => number.toString(36)).join("")}`;
}
