using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

public sealed class LauncherCallTests
{
    [Theory]
    [InlineData("/data/runs/rte-2", "/data/runs/rte-2")]
    [InlineData("/my data/rte", "'/my data/rte'")]
    [InlineData("/it's", @"'/it'\''s'")]
    public void A_proposed_path_is_one_word_for_the_shell(string path, string word) =>
        Assert.Equal(word, LauncherCall.Word(path));
}
