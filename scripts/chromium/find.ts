import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** What a Chromium is called, by who packs it. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Where macOS keeps it. */
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** What to do where there is none, as a sentence for a person. */
export const waysToChromium =
  'The tests of HTML reports need Chromium: install it so that it is on the PATH (on Debian as root: apt-get install chromium), or set ONSET_CHROMIUM to its path.'

/** The path of a Chromium: the one that ONSET_CHROMIUM names, else one on the PATH; undefined where there is none. */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => join(folder, name)))
  for (const path of env.ONSET_CHROMIUM ? [env.ONSET_CHROMIUM] : [...onPath, ...applications]) {
    if (await isProgram(path)) return path
  }
  return undefined
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
