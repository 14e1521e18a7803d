import { expect, test } from "vitest";
import { joinList, splitList } from "../src/address";
import { digitsFor, floatText, numberOf, textOf } from "../src/value";

test("null, not set, empty text and nan look different", () => {
  const texts = [null, { $: "unset", text: "" }, "", { $: "float", text: "nan" }].map((cell) => textOf(cell));
  expect(new Set(texts).size).toBe(4);
});

test("integers have no exponent", () => {
  expect(textOf(943_123_456)).toBe("943123456");
});

test("small and large floats are short", () => {
  expect([0.000443, 1.5, 1234567.5, 0.00131415].map((value) => floatText(value))).toEqual([
    "4.43e-4",
    "1.5",
    "1.235e6",
    "0.001314",
  ]);
});

test("with all digits a float is the shortest text that reads back as it", () => {
  const values = [0.0003, 0.1 + 0.2, 1e-10, 123456789.125, -4.43e-5, 1.7976931348623157e308, 2 / 3];
  expect(values.map((value) => floatText(value, 17))).toEqual([
    "3e-4",
    "0.30000000000000004",
    "1e-10",
    "1.23456789125e8",
    "-4.43e-5",
    "1.7976931348623157e308",
    "0.6666666666666666",
  ]);
  expect(values.map((value) => Number(floatText(value, 17)))).toEqual(values);
});

test("digits grow until different values look different", () => {
  const digits = digitsFor([0.12345678, 0.12345679, 1]);
  expect(new Set([0.12345678, 0.12345679].map((value) => floatText(value, digits))).size).toBe(2);
});

test("a large integer has a place on a scale", () => {
  expect(numberOf({ $: "int", text: "9007199254740993", n: 9007199254740992 })).toBe(9007199254740992);
});

test("lists of texts with commas and backslashes survive the address", () => {
  const texts = ["a,b", "c\\", "", "d"];
  expect(splitList(joinList(texts))).toEqual(texts);
});
