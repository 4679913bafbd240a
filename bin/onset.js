#!/usr/bin/env node
// A Node that is too old for Onset must still be able to read this far, so this file keeps to the
// syntax of 2009, and what it cannot read is in another file.
var least = [22, 18]
var found = process.versions.node.split('.')
var sentence =
  'Onset needs Node LEAST or later, and this is Node FOUND: install a later one (https://nodejs.org).'

if (+found[0] > least[0] || (+found[0] === least[0] && +found[1] >= least[1])) {
  require('./load.js')
} else {
  console.error(sentence.replace('LEAST', least.join('.')).replace('FOUND', found.join('.')))
  process.exit(4)
}
