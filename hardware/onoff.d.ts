/** The part of `onoff` that gpio.ts uses, declared here because the package is optional and may not be installed. */
declare module "onoff" {
  export class Gpio {
    constructor(line: number, direction: "in" | "out" | "high" | "low");
    readSync(): 0 | 1;
    writeSync(value: 0 | 1): void;
    direction(): string;
    unexport(): void;
  }
}
