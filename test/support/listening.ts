import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** Returns the TCP sockets that a process and its descendants listen on. Linux only. */
export function listeningBelow(pid: number): Listening[] {
  const inodes = new Set(descendants(pid).flatMap(socketsOf));
  const table = ['tcp', 'tcp6'].map((family) => readFileSync(`/proc/net/${family}`, 'utf8')).join('');
  return listeningIn(table, (inode) => inodes.has(inode));
}

/** Parses `/proc/net/tcp`. State 0A is LISTEN. @see proc_pid_net(5) */
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

/** Returns the parent's PID; undefined for an ended process. */
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

/** Parses `0100007F:1F90` as 127.0.0.1:8080: each word of the address is in the machine's byte order. */
function parse(local: string): Listening {
  const [hex = '', port = ''] = local.split(':');
  const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
  const address = bytes.length === 4 ? bytes.reverse().join('.') : hex;
  return { address, port: Number.parseInt(port, 16) };
}
