using MoR.Coordinator.Cluster;
using MoR.Coordinator.CommandLine;

namespace MoR.Coordinator.Tests.CommandLine;

/// <summary>What is not in a recipe has to be said again when a run goes on.</summary>
public sealed class ArgumentsOfResumeTests
{
    [Fact]
    public void A_plain_run_needs_none() => Assert.Empty(new TrainOptions().ArgumentsOfResume());

    [Fact]
    public void Device_evaluation_and_nodes_are_given_again()
    {
        var options = new TrainOptions
        {
            Device = "cuda:1",
            NoEval = true,
            Cluster = new ClusterPlan(
                2, Listen: null, Expect: 2, TokenFile: null, TlsFolder: null, AdmitOtherMachines: false, Insecure: false),
        };

        Assert.Equal("--device cuda:1 --no-eval --nodes 2", string.Join(' ', options.ArgumentsOfResume()));
    }
}
