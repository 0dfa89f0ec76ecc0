// Requests to the API: JSON both ways, the CSRF token, problem documents as errors.

/** A refused or failed request; `problem` is the RFC 9457 document, `status` 0 without an answer. */
export class ApiError extends Error {
  constructor(problem, status, retryAfter = 0) {
    super(sentence(problem));
    this.name = "ApiError";
    this.problem = problem;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

const UNREACHABLE = { detail: "The server did not answer. Check the connection and try again." };

/** What a problem document says, as one line for people. */
export function sentence(problem) {
  const fields = Object.entries(problem.errors || {}).map(([name, texts]) => {
    const text = [texts].flat().map(String).join(" ");
    return name === "non_field_errors" ? text : `${label(name)}: ${text}`;
  });
  if (fields.length) return fields.join(" ");
  return problem.detail || problem.title || "Something went wrong here.";
}

function label(name) {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function csrfToken() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  if (meta && meta.content) return meta.content;
  const cookie = document.cookie.split("; ").find((each) => each.startsWith("csrftoken="));
  return cookie ? decodeURIComponent(cookie.slice("csrftoken=".length)) : "";
}

/** A new idempotency key. `randomUUID` is missing on plain http away from localhost. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends one request. Options: `body` (to JSON, or FormData as it is), `etag` (If-Match), `seen`
 * (If-None-Match), `key` (Idempotency-Key), `keepalive`.
 * Gives {status, data, etag, headers}; 304 has no data. Throws ApiError for the rest.
 */
export async function request(method, url, { body, etag, seen, key, keepalive = false } = {}) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (etag) headers["If-Match"] = etag;
  if (seen) headers["If-None-Match"] = seen;
  if (key) headers["Idempotency-Key"] = key;
  let payload = body;
  if (body !== undefined && !(body instanceof FormData)) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(url, { method: method.toUpperCase(), headers, body: payload, keepalive, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    if (error instanceof TypeError) throw new ApiError(UNREACHABLE, 0);
    throw error;
  }
  return read(response);
}

async function read(response) {
  const { status, headers } = response;
  if (status === 304) return { status, data: null, etag: headers.get("ETag"), headers };
  const data = parse(await response.text(), status);
  if (response.ok) return { status, data, etag: headers.get("ETag"), headers };
  throw new ApiError(data || {}, status, Number(headers.get("Retry-After")) || 0);
}

/** The JSON of an answer; a proxy's error page becomes a problem document that says so. */
export function parse(text, status) {
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { detail: `The server answered with an error (${status}). Try again in a moment.` };
  }
}
