/**
 * As much of DER as certificates need: a library for it takes longer to load than the whole emulator to start.
 * Source: ITU-T X.690.
 */

/** A value with its tag and length. */
export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export const sequence = (...items: readonly Buffer[]): Buffer => der(0x30, ...items);

export const set = (...items: readonly Buffer[]): Buffer => der(0x31, ...items);

/** A positive number from its bytes; the first must be below 80 and not 0. */
export const integer = (...bytes: readonly number[]): Buffer => der(0x02, Buffer.from(bytes));

export const octets = (content: Buffer): Buffer => der(0x04, content);

export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text));

export const yes = der(0x01, Buffer.of(0xff));

/** Bits, of which the last `unused` of the last byte are none. */
export const bits = (content: Buffer, unused = 0): Buffer => der(0x03, Buffer.of(unused), content);

/** An object identifier from its dotted form. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const groups = [first * 40 + second, ...rest].flatMap((arc) => {
    const bytes = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
    return bytes;
  });
  return der(0x06, Buffer.from(groups));
}

/** A time: with two digits of the year before 2050, with four from then on. Source: RFC 5280, 4.1.2.5. */
export function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/\.\d+|\D/g, "");
  const isShort = Number(digits.slice(0, 4)) < 2050;
  return der(isShort ? 0x17 : 0x18, Buffer.from(`${isShort ? digits.slice(2) : digits}Z`));
}

/** DER as PEM. */
export function pem(label: string, content: Buffer): string {
  const lines = content.toString("base64").replaceAll(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
