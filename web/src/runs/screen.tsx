export default function Screen() {
  return <h1>runs</h1>;
}
