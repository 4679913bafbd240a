const blackedOut = '***'

/** Blacks out every secret in a text, also where it is percent-encoded or escaped for JSON. */
export function scrub(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    // The longest first, so that a secret that contains another leaves no tail behind.
    .sort((one, other) => other.length - one.length)
  return forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, blackedOut), text)
}
