using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using MoR.Coordinator.Reports;

namespace MoR.Coordinator.Tests.Reports;

public sealed class RunReportTests
{
    private static readonly string[] lines =
    [
        """{"step":0,"evaluation":{"rte":{"metric":"accuracy","value":0.53,"accuracy":0.53,"items":277}}}""",
        Step(1, 2.5, loads: [30, 10, 0, 0]),
        Step(2, 2.25, loads: [20, 20, 0, 0]),
        """{"step":3,"loss":null,"learning_rate":0.001,"gradient_norm":null,"skipped":true,"load_cv":0.5}""",
        Step(4, 1.75, loads: [12, 6, 2, 0]),
        """{"step":4,"evaluation":{"rte":{"metric":"accuracy","value":0.61,"accuracy":0.61,"items":277}}}""",
    ];

    private static readonly RunReportInput input = new()
    {
        Name = "rte",
        Router = "mor, 3 sub-routers, top 2",
        Steps = 4,
        PlannedSteps = 10,
        LossFirst = 2.4321,
        LossLast = 1.2345,
        TokensPerSecond = 1234.5,
        AdapterSha256 = "00ff",
        Results =
        [
            new TaskResult("rte", "accuracy", 0.53, 0.61, 277),
            new TaskResult("cola", "matthews", null, -0.1, null),
        ],
        Notices = ["7 of 2,490 prompts were cut to 256 tokens."],
        RecipeText = "name: rte\nseed: 42\n",
        MetricLines = lines,
    };

    [Fact]
    public void It_has_the_numbers()
    {
        var text = TextOf(RunReport.Render(input));

        string[] expected =
        [
            "mor, 3 sub-routers, top 2", "4 of 10", "2.432 → 1.235", "1,235", "adapter sha256 00ff",
            "rte accuracy 0.53 0.61 +0.08 277", "cola matthews – -0.1 – –", "7 of 2,490 prompts were cut",
            "Skipped for a gradient that was not finite: 1 of 4 steps (3).", "name: rte seed: 42",
            "Auxiliary loss balance", "rte, accuracy",
        ];
        Assert.All(expected, fact => Assert.Contains(fact, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Expert_load_is_the_share_of_the_last_quarter()
    {
        var titles = Parse(RunReport.Render(input)).Descendants("title").Select(title => title.Value).ToArray();

        Assert.Contains("layers.0.self_attn.qkv, expert 0: 60 %", titles);
        Assert.Contains("layers.0.self_attn.qkv, expert 1: 30 %", titles);
        Assert.Contains("layers.0.self_attn.qkv, expert 3: 0 %", titles);
    }

    [Fact]
    public void Sites_stand_in_the_order_in_which_a_token_meets_them()
    {
        var sites = Parse(RunReport.Render(input)).Descendants("text").Select(text => text.Value)
            .Where(text => text.StartsWith("layers.", StringComparison.Ordinal));

        Assert.Equal(["layers.0.self_attn.qkv", "layers.0.mlp.down", "layers.2.block", "layers.10.mlp.down"], sites);
    }

    [Fact]
    public void A_skipped_step_breaks_the_line_and_is_marked()
    {
        var paths = Parse(RunReport.Render(input)).Descendants("path").ToArray();
        var raw = paths.Single(path => (string?)path.Attribute("class") == "raw");

        Assert.Equal(2, ((string?)raw.Attribute("d"))!.Count(c => c == 'M'));
        Assert.Single(paths, path => (string?)path.Attribute("class") == "mark");
    }

    [Fact]
    public void Text_from_outside_cannot_become_markup()
    {
        const string evil = "</title><script>alert(1)</script>&\"'\u0001\uD800";
        var document = RunReport.Render(input with
        {
            Name = evil,
            Router = evil,
            AdapterSha256 = evil,
            RecipeText = evil,
            Notices = [evil],
            Results = [new TaskResult(evil, evil, 0, 1, 2)],
            MetricLines =
            [
                """{"step":1,"loss":1,"<script>":1,"load":{"<script>":[1,2]}}""",
            ],
        });

        var parsed = Parse(document);
        Assert.DoesNotContain("<script", document, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("</title><script>alert(1)</script>&\"'\uFFFD\uFFFD", parsed.Descendants("h1").Single().Value);
    }

    [Fact]
    public void It_needs_nothing_from_elsewhere()
    {
        var document = Parse(RunReport.Render(input));

        Assert.DoesNotContain(
            document.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe");
        Assert.DoesNotContain(
            document.Descendants().Attributes(), attribute => attribute.Name.LocalName is "href" or "src");
        Assert.DoesNotContain("url(", document.Descendants("style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_log_still_gives_a_report()
    {
        var document = RunReport.Render(input with
        {
            MetricLines =
            [
                .. lines, "", "{\"step\":5,\"lo", "[]", "{\"step\":\"6\"}", "{\"step\":7,\"evaluation\":3}",
                "{\"step\":8,\"loss\":1e999,\"load\":3,\"balance\":[1]}",
            ],
        });

        Assert.Contains("metrics.jsonl that could not be read: 4.", TextOf(document), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_any_step_has_a_report()
    {
        var document = RunReport.Render(input with { MetricLines = [], Results = [], Notices = [], LossFirst = null });

        Assert.Empty(Parse(document).Descendants("figure"));
        Assert.Contains("– → 1.235", TextOf(document), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_run_stays_small_and_keeps_its_spikes()
    {
        var many = Enumerable.Range(1, 10_000)
            .Select(step => Step(step, step == 3_234 ? 9.5 : 1 + (1.0 / step), [1, 1]))
            .ToArray();
        var document = RunReport.Render(input with { MetricLines = many });

        Assert.True(document.Length < 300_000, $"{document.Length} characters");
        Assert.Contains(
            Parse(document).Descendants().Where(element => (string?)element.Attribute("class") == "end"),
            label => label.Value == "10");
    }

    [Fact]
    public void The_same_run_gives_the_same_bytes() => Assert.Equal(RunReport.Render(input), RunReport.Render(input));

    [Theory]
    [InlineData(0)]
    [InlineData(-3.5)]
    [InlineData(1e-30)]
    [InlineData(1e30)]
    public void A_constant_loss_can_be_drawn(double loss)
    {
        var document = RunReport.Render(input with { MetricLines = [Step(1, loss, [1]), Step(2, loss, [1])] });

        Assert.DoesNotContain("NaN", document, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", document, StringComparison.Ordinal);
        Parse(document);
    }

    private static string Step(long step, double loss, int[] loads) => JsonSerializer.Serialize(new
    {
        step,
        loss,
        learning_rate = 0.001,
        gradient_norm = 1.5,
        skipped = false,
        tokens = 512,
        targets = 40,
        seconds = 0.5,
        tokens_per_second = 1024,
        load_cv = 0.25,
        balance = 1.01,
        load = new Dictionary<string, int[]>
        {
            ["layers.0.mlp.down"] = [5, 5],
            ["layers.0.self_attn.qkv"] = loads,
            ["layers.10.mlp.down"] = [1],
            ["layers.2.block"] = [1],
        },
    });

    private static XDocument Parse(string document)
    {
        using var reader = XmlReader.Create(
            new StringReader(document), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    /// <summary>The texts of the body, separated by single spaces.</summary>
    private static string TextOf(string document)
    {
        var text = new StringBuilder();
        foreach (var node in Parse(document).Descendants("body").DescendantNodes().OfType<XText>())
        {
            text.Append(node.Value).Append(' ');
        }

        return string.Join(' ', text.ToString().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }
}
