import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** What a process and all that it started listen on with TCP. Linux. */
export function listeningBelow(pid: number): Listening[] {
  const inodes = new Set(descendants(pid).flatMap(socketsOf));
  const table = ['tcp', 'tcp6'].map((family) => readFileSync(`/proc/net/${family}`, 'utf8')).join('');
  return listeningIn(table, (inode) => inodes.has(inode));
}

/** Of the text of `/proc/net/tcp`. @see proc_pid_net(5); 0A is the state LISTEN */
export function listeningIn(table: string, isWanted = (_inode: string): boolean => true): Listening[] {
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = '']) => state === '0A' && isWanted(inode))
    .map(([, local = '']) => parse(local));
}

function descendants(pid: number): number[] {
  const parents = new Map(pids().map((each) => [each, parentOf(each)]));
  const isBelow = (each: number): boolean => {
    const parent = parents.get(each);
    return each === pid || (parent !== undefined && isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow);
}

const pids = () =>
  readdirSync('/proc')
    .map(Number)
    .filter((each) => each > 0);

/** Undefined for a process that has ended. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketOf(`/proc/${pid}/fd/${fd}`) ?? []);
  } catch {
    return [];
  }
}

function socketOf(link: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1];
  } catch {
    return undefined;
  }
}

/** `0100007F:1F90` is 127.0.0.1:8080: each word of the address has the machine's byte order. */
function parse(local: string): Listening {
  const [hex = '', port = ''] = local.split(':');
  const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  const address = bytes.length === 4 ? bytes.reverse().join('.') : hex;
  return { address, port: Number.parseInt(port, 16) };
}
