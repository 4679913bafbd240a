import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

interface LockFile {
  packages: Record<string, { version?: string; integrity?: string; resolved?: string; optional?: boolean }>
}

const read = async (name: string) => readFile(new URL(`../../${name}`, import.meta.url), 'utf8')
const { packages } = JSON.parse(await read('package-lock.json')) as LockFile
const installed = Object.entries(packages).filter(([folder]) => folder !== '')

test('the lock file names a version and a hash for each package, and no registry', () => {
  expect(installed.length).toBeGreaterThan(50)
  for (const [folder, { version, integrity, resolved }] of installed) {
    expect({ folder, version, integrity, resolved }).toEqual({
      folder,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      integrity: expect.stringMatching(/^sha512-/),
      resolved: undefined,
    })
  }
})

test('the lock file has the programs of all platforms, without which npm ci refuses it elsewhere', () => {
  const folders = installed.map(([folder]) => folder)
  for (const platform of ['linux-x64', 'linux-arm64', 'darwin-arm64', 'win32-x64']) {
    expect(folders).toContain(`node_modules/@biomejs/cli-${platform}`)
    expect(folders).toContain(`node_modules/@esbuild/${platform}`)
  }
})

test('a lock file that is written anew keeps to that', async () => {
  expect((await read('.npmrc')).split('\n')).toEqual(
    expect.arrayContaining(['omit-lockfile-registry-resolved=true', 'prefer-offline=true']),
  )
})
