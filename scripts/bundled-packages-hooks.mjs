// Runs in Node's thread of module hooks: says where packages that were bundled are found.
let bundled = {};

export const initialize = (data) => {
  bundled = data;
};

export const resolve = (specifier, context, nextResolve) => {
  const url = Object.hasOwn(bundled, specifier) ? bundled[specifier] : undefined;
  return url === undefined ? nextResolve(specifier, context) : { url, format: "module", shortCircuit: true };
};
