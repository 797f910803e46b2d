using System.Text;
using MoR.Cluster.Disk.Runtime;
using MoR.Cluster.Tests.Disk;
using MoR.Coordinator.Runs;

namespace MoR.Coordinator.Tests.Runs;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly List<string> reports = [];

    private string FilePath => temporary["metrics.jsonl"];

    public void Dispose() => temporary.Dispose();

    [Fact]
    public void A_line_has_its_step_first_and_is_visible_at_once()
    {
        using var log = Open(0);
        log.Append(1, json => json.WriteNumber("loss", 2.5));
        log.Append(2, json => json.WriteString("note", "naïve\n"));

        Assert.Equal("{\"step\":1,\"loss\":2.5}\n{\"step\":2,\"note\":\"naïve\\n\"}\n", Text());
        log.Flush();
        Assert.Empty(reports);
    }

    [Fact]
    public void Continuing_after_a_step_drops_the_lines_about_later_ones_and_goes_on_there()
    {
        File.WriteAllText(FilePath, "{\"step\":1}\n{\"eval\":{\"step\":9},\"step\":2}\n{\"step\":3}\n{\"step\":4}\n");
        using (var log = Open(2))
        {
            log.Append(3, _ => { });
        }

        Assert.Equal("{\"step\":1}\n{\"eval\":{\"step\":9},\"step\":2}\n{\"step\":3}\n", Text());
        Assert.Contains(
            "dropped 2 lines about steps after 2 and 0 torn lines", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"step\":2,\"lo")]
    [InlineData("{\"step\":2}")]
    [InlineData("\0\0\0\0")]
    [InlineData("\0\0\0\0\n")]
    [InlineData("{\"step\":\"2\"}\n")]
    [InlineData("{\"loss\":1}\n")]
    [InlineData("2\n")]
    [InlineData("{\"step\":2}}\n")]
    [InlineData("\n")]
    public void A_line_that_a_crash_tore_is_dropped(string torn)
    {
        File.WriteAllText(FilePath, "{\"step\":1}\n" + torn);
        Open(2).Dispose();

        Assert.Equal("{\"step\":1}\n", Text());
        Assert.Contains(
            "0 lines about steps after 2 and 1 torn lines", Assert.Single(reports), StringComparison.Ordinal);
    }

    [Fact]
    public void A_whole_log_is_left_alone()
    {
        File.WriteAllText(FilePath, "{\"step\":1}\n{\"step\":2}\n");
        var before = File.GetLastWriteTimeUtc(FilePath);
        Open(2).Dispose();

        Assert.Equal(before, File.GetLastWriteTimeUtc(FilePath));
        Assert.Equal(["metrics.jsonl"], new PhysicalDisk().List(temporary.Location));
    }

    private MetricsLog Open(long keepThroughStep) =>
        MetricsLog.Open(new PhysicalDisk(), FilePath, keepThroughStep, reports.Add);

    private string Text() => File.ReadAllText(FilePath, Encoding.UTF8);
}
