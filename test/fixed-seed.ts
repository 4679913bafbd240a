import fc from 'fast-check'

// Random tests draw the same values for every mutant, so that a mutant survives or dies twice alike. That it
// dies is enough: nobody reads the smallest case.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1, endOnFailure: true })
