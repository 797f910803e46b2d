using System.Text;
using MoR.Coordinator.Data;

namespace MoR.Coordinator.Tests.Data;

public sealed class ReaderTests
{
    private const string File = "/data/file";

    [Fact]
    public void Tab_separated_rows_take_their_columns_from_the_header_and_quotes_are_ordinary()
    {
        TaskRow[] rows = Tsv("a\tb\n\"x\ty\"\r\n'z'\t\n", header: true);

        Assert.Equal(["\"x", "'z'"], rows.Select(row => row.Text("a")));
        Assert.Equal(["y\"", ""], rows.Select(row => row.Text("b")));
        Assert.Equal([2, 3], rows.Select(row => row.Source.Line));
    }

    [Fact]
    public void Tab_separated_rows_take_their_columns_from_the_task_when_there_is_no_header()
    {
        TaskRow row = Assert.Single(Tsv("1\t2", header: false, "a", "b"));

        Assert.Equal(("1", "2", 1), (row.Text("a"), row.Text("b"), row.Source.Line));
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_column()
    {
        Assert.Equal("1", Tsv("\uFEFFa\tb\n1\t2\n", header: true)[0].Text("a"));
        Assert.Equal("1", JsonLinesReader.Read(Stream("\uFEFF{\"a\": 1}"), File).Single().Text("a"));
        Assert.Equal("1", JsonArrayReader.Read(Stream("\uFEFF[{\"a\": 1}]"), File).Single().Text("a"));
    }

    [Fact]
    public void Empty_lines_at_the_end_are_no_rows_but_an_empty_cell_of_a_single_column_is_one()
    {
        Assert.Single(Tsv("a\tb\n1\t2\n\n\n", header: true));
        Assert.Equal(["1", "", "2"], Tsv("1\n\n2\n", header: false, "a").Select(row => row.Text("a")));
    }

    [Fact]
    public void Lines_longer_than_any_buffer_are_read_whole()
    {
        string[] lines = [.. Enumerable.Range(0, 40).Select(i => new string((char)('a' + (i % 26)), i * 5_003))];
        var stream = new DribblingStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)));

        Assert.Equal(lines, Utf8Lines.Read(stream, File).Select(line => line.Text));
    }

    [Fact]
    public void A_json_array_and_json_lines_hold_the_same_rows_and_know_their_lines()
    {
        const string text = "[\n {\"a\": \"x\\ny\"},\n\n {\"a\":\n 2.50} ]\n";
        IReadOnlyList<TaskRow> array = JsonArrayReader.Read(Stream(text), File);
        TaskRow[] lines = [.. JsonLinesReader.Read(Stream("{\"a\": \"x\\ny\"}\n \n{\"a\": 2.50}\n"), File)];

        Assert.Equal(["x\ny", "2.50"], array.Select(row => row.Text("a")));
        Assert.Equal(["x\ny", "2.50"], lines.Select(row => row.Text("a")));
        Assert.Equal([2, 4], array.Select(row => row.Source.Line));
        Assert.Equal([1, 3], lines.Select(row => row.Source.Line));
    }

    [Fact]
    public void Json_values_become_texts_and_lists()
    {
        const string json = """
            {"t": true, "n": null, "l": ["a", 1], "e": [], "o": {"i": {"x": "deep"}},
             "c": [{"text": "one", "label": "A"}, {"text": "two", "label": "B"}]}
            """;

        TaskRow row = JsonLinesReader.Read(Stream(json.ReplaceLineEndings(" ")), File).Single();

        Assert.Equal(("true", "", "deep"), (row.Text("t"), row.Text("n"), row.Text("o.i.x")));
        Assert.Equal(["a", "1"], row.List("l").AsEnumerable());
        Assert.Empty(row.List("e"));
        Assert.Equal(["one", "two"], row.List("c.text").AsEnumerable());
        Assert.Equal(["A", "B"], row.List("c.label").AsEnumerable());
    }

    private static TaskRow[] Tsv(string text, bool header, params string[] columns) =>
        [.. TsvReader.Read(Stream(text), File, header, columns)];

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Gives at most 1,021 bytes at a time, as a pipe may.</summary>
    private sealed class DribblingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) =>
            base.Read(buffer, offset, Math.Min(count, 1021));
    }
}
