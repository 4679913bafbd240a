const blackedOut = '***'

/** Blacks out every secret in a text, also where it is percent-encoded or escaped for JSON. */
export function scrub(text: string, secrets: readonly string[]): string {
  return blackOut(text, formsOf(secrets))
}

/** Every form in which secrets may stand in a text, the longest first: one may contain another. */
export function formsOf(secrets: readonly string[]): string[] {
  return secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((one, other) => other.length - one.length)
}

/** Blacks out forms of secrets, as `formsOf` gives them. */
export function blackOut(text: string, forms: readonly string[]): string {
  return forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, blackedOut), text)
}
