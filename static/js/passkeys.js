// The browser makes or shows a passkey; the form carries its answer.
import { ApiError, request } from "./api.js";

const CANCELED = "No passkey was used. Try again, or use another way.";

/** On a form with data-options (the challenge's URL) and a field `credential`. */
export const passkey = () => ({
  busy: false,
  problem: "",

  get offered() {
    const api = window.PublicKeyCredential;
    return Boolean(api && api.parseRequestOptionsFromJSON && api.parseCreationOptionsFromJSON);
  },

  show() {
    return this.ask((options) => ({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }), "get");
  },

  make() {
    return this.ask((options) => ({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }), "create");
  },

  async ask(parse, way) {
    const form = this.$root;
    this.busy = true;
    this.problem = "";
    try {
      const { data } = await request("POST", form.dataset.options);
      const answer = await navigator.credentials[way](parse(data.publicKey));
      form.elements.credential.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch (error) {
      if (error instanceof ApiError) this.problem = error.message;
      else if (error instanceof DOMException) this.problem = CANCELED;
      else throw error;
      this.busy = false;
    }
  },
});
