const X = () => <p>…</p>
export default X
