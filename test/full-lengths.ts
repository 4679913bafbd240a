import fc from 'fast-check'

// A list that may be 300 long is drawn as long as that, and not with ten at most, which fast-check takes for enough.
fc.configureGlobal({ ...fc.readConfigureGlobal(), defaultSizeToMaxWhenMaxSpecified: true })
