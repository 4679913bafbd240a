/** The version of k6 that Onset fetches or builds, without the `v`; `scripts/k6/go.mod` pins the same. */
export const pinnedK6Version = '2.2.0'

/** The major version that Onset's scenarios are written for. Any minor version of it will do. */
export const k6Major = 2

/**
 * The version that `k6 version` prints, without the `v`: `k6 v2.2.0 (go1.26.8, linux/amd64)` gives
 * `2.2.0`, and a pre-release keeps its suffix. k6 calls itself by the name of its file, so another name
 * will do where the Go version follows, as k6 prints it. `undefined` for any other text.
 */
export function parseK6Version(text: string): string | undefined {
  const [, name, version, rest] =
    /^(.+) v(\d+\.\d+\.\d+(?:[-+][\w.+-]*)?)(?: \((.*)\))?\s*$/m.exec(text) ?? []
  return name?.startsWith('k6') || rest?.includes('go1.') ? version : undefined
}
