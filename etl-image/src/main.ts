// What is started: bundled into one file over what tsc makes of it (bundle.mjs).
import './program';
