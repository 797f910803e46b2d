using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

public static partial class RecipeKeys
{
    /// <summary>Keys of the nodes that experts are placed on.</summary>
    public static class Cluster
    {
        public static readonly ConfigKey<Recipe, int> Replicas =
            new("cluster.replicas", new WholeNumber<int>(1, 16), r => r.Cluster.Replicas)
            {
                Meaning = "nodes that hold each shard, where there are enough: a lost one costs no wait, a slow one is asked twice; "
                    + "never a result",
                Unit = "nodes",
                Default = 1,
                Source = OurChoice + ": a lost shard is placed again within seconds",
            };

        public static readonly ConfigKey<Recipe, int> WaitSeconds =
            new("cluster.wait_seconds", new WholeNumber<int>(1, 86_400), r => r.Cluster.WaitSeconds)
            {
                Meaning = "how long a run without any node for a shard waits for one before cluster.when_lost",
                Unit = "seconds",
                Default = 60,
                Source = OurChoice + ": a node that restarts is back within seconds",
            };

        public static readonly ConfigKey<Recipe, RecipeWhenLost> WhenLost =
            new(
                "cluster.when_lost",
                new Word<RecipeWhenLost>(("stop", RecipeWhenLost.Stop), ("mask", RecipeWhenLost.Mask)),
                r => r.Cluster.WhenLost)
            {
                Meaning = "what a run does when no node took a shard in that time: stop saves and ends; mask goes on without its experts "
                    + "while at least top_k are left, which changes the result and marks the run as degraded",
                Default = RecipeWhenLost.Stop,
                Source = OurChoice + ": a result that depends on when a node died is not to be repeated",
            };

        internal static ImmutableArray<ConfigKey<Recipe>> All { get; } = [Replicas, WaitSeconds, WhenLost];
    }
}
