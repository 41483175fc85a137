import { runProcess } from './run-process.js';

runProcess(process.argv.slice(2));
