import { lookup as resolve } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Keeps addresses that users type from leading into the operator's own network.
 *
 * A name is checked when it is resolved for the connection itself, so that one that changes its mind between check and use
 * (DNS rebinding) gains nothing.
 */
export interface AllowedNetworks {
  /** Ranges that are allowed although they are private, in CIDR notation. */
  readonly ranges: readonly string[];
}

/** An address leads where no user of Deskbridge may send it. */
export class UrlRefused extends Error {
  override readonly name = 'UrlRefused';
  readonly code = 'URL_REFUSED';
}

/**
 * Refuses what can be refused without resolving: another protocol, credentials, a private address.
 * @throws {UrlRefused} saying what was expected.
 */
export function refuseUrl(text: string, allowed: AllowedNetworks): void {
  const url = URL.parse(text);
  if (url === null) throw new UrlRefused('not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new UrlRefused(`expected http or https, got ${url.protocol.slice(0, -1)}`);
  if (url.username !== '' || url.password !== '') throw new UrlRefused('a URL with a user name or password is not taken');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (ipaddr.isValid(host)) refuseAddress(host, allowed);
}

/** A `lookup` for connections that refuses names with an address in a private range. */
export function guardedLookup(allowed: AllowedNetworks): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      try {
        for (const { address } of addresses) refuseAddress(address, allowed);
      } catch (refused) {
        return callback(refused instanceof Error ? refused : new UrlRefused('refused'), '', 0);
      }
      answer(addresses, options.all === true, callback);
    });
  };
}

function answer(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const first = addresses[0];
  if (all) callback(null, addresses);
  else if (first === undefined) callback(new UrlRefused('the name has no address'), '', 0);
  else callback(null, first.address, first.family);
}

function refuseAddress(text: string, allowed: AllowedNetworks): void {
  const address = ipaddr.process(text);
  if (address.range() === 'unicast') return;
  if (allowed.ranges.some((range) => isWithin(address, range))) return;
  throw new UrlRefused(
    `${address.toString()} is in a private or reserved range (${address.range()}); the operator can allow it with DESKBRIDGE_ALLOWED_NETWORKS`,
  );
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(range);
  return address.kind() === network.kind() && address.match(network, bits);
}
