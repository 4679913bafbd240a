#!/usr/bin/env node
// Makes a machine ready for those long tests that start nginx and HAProxy. They are installed only where
// nothing starts what is installed: as root on a Debian or the like without systemd, such as a container.
// Where they are missing, their tests are skipped.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { aptInstall, canInstall } from './apt-install.ts'

const programs = ['nginx', 'haproxy']
const missing = () =>
  programs.filter((each) => spawnSync(each, ['-v'], { stdio: 'ignore' }).error !== undefined)

const wanted = missing()
if (wanted.length > 0 && canInstall() && !existsSync('/run/systemd/system')) {
  const mistake = aptInstall(...wanted)
  if (mistake !== undefined) console.error(mistake)
}
const left = missing()
console.log(
  left.length === 0
    ? `${programs.join(' and ')} are there`
    : `${left.join(' and ')}: not there, so that their tests are skipped. On Debian as root: apt-get install ${left.join(' ')}`,
)
