/* global jest -- Setup files run where it is defined. */
// Real engines: starting one takes seconds, and two cores may be shared by several.
jest.setTimeout(120_000);
