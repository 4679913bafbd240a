import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as http from 'node:http'
import { dirname, resolve } from 'node:path'
import * as tls from 'node:tls'
import { ExitCode } from '../../result/index.ts'
import type { Target } from '../../spec/index.ts'
import { Failure } from '../failure.ts'
import { unreadable } from '../spec-file.ts'

/** Addresses of this machine are asked directly, as k6 does; a proxy could not reach them. */
const neverProxied = ['localhost', '127.0.0.1', '[::1]']

/**
 * Makes this process connect to a target as k6 will: by the proxies that the environment names, and
 * trusting the target's private authority beside the usual ones.
 * @param specPath the spec that names the target: a `caFile` is relative to it.
 * @returns the authority's file as an absolute path, where there is one.
 * @throws {Failure} where that cannot be done.
 */
export async function prepareConnections(
  { caFile }: Pick<Target, 'caFile'>,
  specPath: string,
): Promise<string | undefined> {
  useProxies(process.env)
  return caFile === undefined ? undefined : await trust(resolve(dirname(specPath), caFile), specPath)
}

function useProxies(env: NodeJS.ProcessEnv): void {
  const isNamed = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY'].some((name) => env[name])
  if (!isNamed) return
  // Node 22 has none of its own.
  if (typeof http.setGlobalProxyFromEnv !== 'function') {
    throw new Failure(ExitCode.notCarriedOut, [
      `The environment names a proxy, and Node ${process.versions.node} cannot go through it: use Node 24.14 or newer, or unset HTTP_PROXY and HTTPS_PROXY.`,
    ])
  }
  const except = [env.no_proxy || env.NO_PROXY, ...neverProxied].filter(Boolean).join(',')
  http.setGlobalProxyFromEnv({ ...env, no_proxy: except, NO_PROXY: except })
}

async function trust(path: string, specPath: string): Promise<string> {
  const where = `${specPath}: target.caFile`
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new Failure(ExitCode.mistake, [`${where}: ${unreadable('the file', path, error)}`])
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  if (certificates.length === 0 || !certificates.every(isCertificate)) {
    throw new Failure(ExitCode.mistake, [
      `${where}: expected certificates in PEM, each from -----BEGIN CERTIFICATE----- on, found ${certificates.length === 0 ? 'none' : 'one that cannot be read'}`,
    ])
  }
  if (typeof tls.setDefaultCACertificates !== 'function') {
    throw new Failure(ExitCode.notCarriedOut, [
      `${where}: Node ${process.versions.node} takes an authority only when it starts: use Node 24.5 or newer, or start with NODE_EXTRA_CA_CERTS=${path}`,
    ])
  }
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), ...certificates])
  return path
}

function isCertificate(text: string): boolean {
  try {
    new X509Certificate(text)
    return true
  } catch {
    return false
  }
}
