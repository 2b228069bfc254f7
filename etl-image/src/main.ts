// Entry point. bundle.mjs bundles it into one file, which replaces the output of tsc.
import './program';
