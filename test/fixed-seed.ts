import fc from 'fast-check'

// Random tests draw the same values for every mutant, so that a mutant survives or dies twice alike.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1 })
