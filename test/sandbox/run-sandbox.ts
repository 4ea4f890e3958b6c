import { startSandbox } from './start-sandbox.ts';

// Runs a sandbox on the database that is named, and says where, until it is killed.
const { url } = await startSandbox(process.argv[2] ?? '');
console.log(JSON.stringify({ url }));
