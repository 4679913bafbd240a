'use strict'
const { existsSync } = require('node:fs')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const bundle = join(__dirname, '..', 'dist', 'onset.js')

if (existsSync(bundle)) {
  import(pathToFileURL(bundle).href)
} else {
  console.error(`${bundle} is missing. In a clone of the source, run "npm run build" first, or use
"npm run onset -- COMMAND"; elsewhere the installation is incomplete: install Onset again.`)
  process.exitCode = 4
}
