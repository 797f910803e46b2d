namespace MoR.Coordinator.Tests.CommandLine;

public sealed class UsageTests
{
    [Theory]
    [InlineData("trian", "trian: no such command. Did you mean 'mor train'?")]
    [InlineData("frobnicate", "frobnicate: no such command. Write 'mor train', 'mor pretrain', 'mor expert'")]
    [InlineData("train --expect 2", "--expect: 2 nodes are expected, and nothing listens. Give --listen HOST:PORT.")]
    [InlineData("train --tls certs", "--tls: certs is given, and nothing listens. Give --listen HOST:PORT.")]
    [InlineData("train --listen a:1 --tls certs --insecure", "--insecure: it is given together with --tls certs. Leave one")]
    [InlineData("expert --coordinator lab1:0", "--coordinator: 'lab1:0' is not allowed. Give a host and a port from 1 to 65535")]
    [InlineData("train --listen 7070", "--listen: '7070' is not allowed. Give a host and a port")]
    [InlineData("expert", "--coordinator: it is not given. Give the HOST:PORT that 'mor train --listen' printed.")]
    [InlineData("expert --coordinator a:1 --name a/b", "--name: 'a/b' is not allowed. Give 1 to 64 letters")]
    [InlineData("expert --coordinator a:1 --role boss", "--role: 'boss' is not allowed. Give expert, worker or expert,worker.")]
    [InlineData("expert --coordinator a:1 --backbone b", "--backbone: b is given, and an expert has no use for a backbone.")]
    [InlineData("train --role worker", "--role: 'worker' is for nodes that this command starts, and it starts none.")]
    [InlineData("cert", "DIR: no folder is given. Write 'mor cert DIR', such as 'mor cert certs --coordinator lab1")]
    [InlineData("cert a --node a/b", "--node: 'a/b' is not allowed. Give 1 to 64 letters")]
    [InlineData("cert a --coordinator a:1", "--coordinator: 'a:1' is not allowed. Give a host name or an IP address")]
    [InlineData("train rte --stpes 3", "--stpes: no such option of mor train. Did you mean --steps?")]
    [InlineData("train --stpes 3", "--stpes: no such option of mor train. Did you mean --steps?")]
    [InlineData("train rte --stpes=3", "--stpes: no such option of mor train. Did you mean --steps?")]
    [InlineData("train rte --frobnicate", "--frobnicate: no such option of mor train. See 'mor train --help'.")]
    [InlineData("train rte --prompt x", "--prompt: no such option of mor train.")]
    [InlineData("train rte --steps", "--steps: its value is missing. Give a whole number from 1 to 1000000000.")]
    [InlineData("train rte --steps 0", "--steps: '0' is not allowed. Give a whole number from 1 to 1000000000.")]
    [InlineData("train rte --steps -5", "--steps: '-5' is not allowed. Give a whole number from 1 to")]
    [InlineData("train rte --steps ten", "--steps: 'ten' is not allowed. Give a whole number from 1 to")]
    [InlineData("train rte --steps 99999999999999999999", "--steps: '99999999999999999999' is not allowed.")]
    [InlineData("train rte --stop-after 1e3", "--stop-after: '1e3' is not allowed. Give a whole number")]
    [InlineData("train rte --steps 1 --steps 2", "--steps: given 2 times ('1', '2'). Give it once.")]
    [InlineData("train rte cola", "mor train: 'cola' is one argument too many; it takes at most one, RECIPE.")]
    [InlineData("train rte --set a=1 --set seed", "--set: 'seed' is not allowed. Give a recipe key and its value")]
    [InlineData("train rte --set =1", "--set: '=1' is not allowed.")]
    [InlineData("train rte --output --dry-run", "--output: '--dry-run' is not allowed. Give the path of a folder.")]
    [InlineData("train rte --resume runs/a", "--resume: runs/a is given together with the recipe rte")]
    [InlineData("train --resume runs/a --output b", "--output: b is given together with --resume runs/a")]
    [InlineData("pretrain --steps 5", "RECIPE: no recipe is given. Name one, or a run with --resume DIR")]
    [InlineData("train rte --device gpu", "--device: 'gpu' is not allowed. Give cpu or cuda:N, such as cuda:0.")]
    [InlineData("train rte --device cuda:-1", "--device: 'cuda:-1' is not allowed.")]
    [InlineData("evaluate", "RUN: neither a run nor a backbone is given. Write 'mor evaluate RUN'")]
    [InlineData("evaluate runs/a --backbone b", "--backbone: b is given together with the run runs/a")]
    [InlineData("evaluate --backbone b", "mor evaluate: nothing to measure is given")]
    [InlineData("evaluate runs/a --text t --ids i", "--ids: i is given together with --text t. Leave one of them out.")]
    [InlineData("evaluate runs/a --text t --task rte", "--task: rte is given together with --text.")]
    [InlineData("evaluate runs/a --threads 65", "--threads: '65' is not allowed. Give a whole number from 1 to 64.")]
    [InlineData("evaluate runs/a --max-items -1", "--max-items: '-1' is not allowed. Give a whole number from 0 to")]
    [InlineData("evaluate runs/a --length-normalisation words", "Give none, tokens or characters.")]
    [InlineData("generate --prompt x", "RUN: neither a run nor a backbone is given. Write 'mor generate RUN'")]
    [InlineData("generate runs/a", "--prompt: no text to continue is given. Add --prompt TEXT.")]
    [InlineData("generate runs/a --prompt x --temperature nan", "--temperature: 'nan' is not allowed.")]
    [InlineData("generate runs/a --prompt x --top-p 0", "'0' is not allowed. Give a number above 0 and at most 1.")]
    [InlineData("generate runs/a --prompt x --seed -1", "--seed: '-1' is not allowed.")]
    [InlineData("export", "RUN: no run is given. Write 'mor export RUN', such as 'mor export runs/rte'.")]
    [InlineData("export runs/a --step -1", "--step: '-1' is not allowed. Give a whole number from 0 to")]
    [InlineData("export runs/a --base-model --step", "--base-model: '--step' is not allowed.")]
    [InlineData("import --output b", "FOLDER: no adapter is given. Write 'mor import FOLDER --backbone DIR")]
    [InlineData("import a", "--output: no folder to make is given. Add --output DIR.")]
    [InlineData("simulate --cost --seeds 1..9", "--cost: predicts a run and tries no worlds, so it has neither seeds nor a depth.")]
    [InlineData("simulate --seeds 9..1", "--seeds: '9..1' is not allowed. Give two whole numbers with dots between")]
    [InlineData("plan --nodes 1025", "--nodes: '1025' is not allowed. Give a whole number from 1 to 1024.")]
    [InlineData("plan --device-tflops 10", "--device-tflops: a device is given by both")]
    [InlineData("plan --memory-gbytes-per-second 10", "--memory-gbytes-per-second: a device is given by both")]
    [InlineData("plan --local --latency-ms 1", "--local: processes of one machine have no link to plan with.")]
    [InlineData("plan --measure --device-tflops 1 --memory-gbytes-per-second 1", "--measure: the device is given")]
    [InlineData("doctor now", "mor doctor: 'now' is one argument too many; it takes none.")]
    [InlineData("--debug", "mor: no command is given. Write 'mor train'")]
    public async Task Wrong_usage_exits_2_with_one_line_that_says_what_to_do(string line, string message)
    {
        var run = await ProgramRun.OfAsync(line.Split(' '));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Null(run.Commands.Train);
        Assert.Null(run.Commands.Evaluate);
        Assert.Null(run.Commands.Generate);
        Assert.Null(run.Commands.Export);
        Assert.Null(run.Commands.Import);
        if (!line.Contains("--debug", StringComparison.Ordinal))
        {
            Assert.Equal(1, run.Error.Count(c => c == '\n'));
        }
    }

    [Fact]
    public async Task An_option_with_line_breaks_is_shown_on_one_line()
    {
        var run = await ProgramRun.OfAsync("train", "rte", "--a\nb\e[31m");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.DoesNotContain('\e', run.Error);
    }

    [Fact]
    public async Task An_empty_path_is_refused()
    {
        var run = await ProgramRun.OfAsync("train", "rte", "--output", " ");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--output: ' ' is not allowed. Give the path", run.Error, StringComparison.Ordinal);
    }
}
