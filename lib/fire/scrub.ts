const blackedOut = '***'

/** Blacks out every secret in a text, also percent-encoded, escaped for JSON or HTML, or in base64. */
export function scrub(text: string, secrets: readonly string[]): string {
  return blackOut(text, formsOf(secrets))
}

/** Every form in which secrets may stand in a text, the longest first: one may contain another. */
export function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      ...htmlForms(secret),
      ...base64Forms(secret),
    ])
  return [...new Set(forms)].sort((one, other) => other.length - one.length)
}

/** Blacks out forms of secrets, as `formsOf` gives them. */
export function blackOut(text: string, forms: readonly string[]): string {
  return forms.reduce((scrubbed, form) => scrubbed.replaceAll(form, blackedOut), text)
}

/** What the usual ways of writing text into a page make of a secret: they differ in the quotes. */
function htmlForms(secret: string): string[] {
  const escaped = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return ['&quot;', '&#34;', '"'].flatMap((double) =>
    ['&#39;', '&#x27;', '&apos;', "'"].map((single) =>
      escaped.replaceAll('"', double).replaceAll("'", single),
    ),
  )
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Less than this of a secret stands in many a text by chance, and gives nothing away. */
const shortestForm = 8

/**
 * What base64 makes of a secret wherever it stands in what is encoded, such as a user's name and a
 * password: the characters that depend on the secret alone. Written without `Buffer`, for k6.
 */
function base64Forms(secret: string): string[] {
  const bytes = utf8(secret)
  const forms = [0, 1, 2].map((before) => {
    const whole = sextets([...new Array<number>(before).fill(0), ...bytes])
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    return whole.slice(first, last)
  })
  const withUrls = forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')])
  return [...new Set(withUrls)].filter(({ length }) => length >= shortestForm)
}

function sextets(bytes: readonly number[]): string {
  let text = ''
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const at = bit >> 3
    const pair = ((bytes[at] as number) << 8) | (bytes[at + 1] ?? 0)
    text += alphabet[(pair >> (10 - (bit & 7))) & 63]
  }
  return text
}

function utf8(text: string): number[] {
  const pieces = encodeURIComponent(text).match(/%[0-9A-F]{2}|[^%]/g) ?? []
  return pieces.map((piece) =>
    piece.length === 3 ? Number.parseInt(piece.slice(1), 16) : piece.charCodeAt(0),
  )
}
