using System.Collections.Immutable;
using MoR.Coordinator.Configuration.Reading;

namespace MoR.Coordinator.Configuration;

public static partial class RecipeKeys
{
    /// <summary>Keys of the experts and routers.</summary>
    public static class Model
    {
        private static readonly Word<string> TargetName =
            new([.. RecipeExperts.AllTargets.Select(name => (name, name))]);

        public static readonly ConfigKey<Recipe, LayerNumbers> ExpertsCount =
            new("experts.count", new LayerNumbersKind(RecipeExperts.MostExperts), r => r.Experts.Count)
            {
                Meaning = "experts per linear: one number for all layers, or a list spread evenly over the layers "
                    + "([2, 4, 6, 8] gives each quarter its own number)",
                Unit = "experts",
                Default = new LayerNumbers(8),
                DefaultInWords = "8; 1 when router.kind is none",
                Source = "MoE-PEFT's MoLA template",
            };

        public static readonly ConfigKey<Recipe, LayerNumbers> ExpertsRank =
            new("experts.rank", new LayerNumbersKind(RecipeExperts.MostRank), r => r.Experts.Rank)
            {
                Meaning = "inner dimension r of an expert: one number for all layers, or a list spread evenly over the "
                    + "layers, as in experts.count",
                Default = new LayerNumbers(8),
                Source = MoLA,
            };

        public static readonly ConfigKey<Recipe, double> ExpertsAlpha =
            new("experts.alpha", new RealNumber(0, 65536, aboveLeast: true), r => r.Experts.Alpha)
            {
                Meaning = "an expert's output is multiplied by alpha / rank, with the rank of its layer",
                Default = 16,
                Source = MoLA,
            };

        public static readonly ConfigKey<Recipe, double> ExpertsDropout =
            new("experts.dropout", new RealNumber(0, 1, belowMost: true), r => r.Experts.Dropout)
            {
                Meaning = "dropout of the experts' inputs in training",
                Unit = "fraction",
                Default = 0.05,
                Source = MoLA,
            };

        public static readonly ConfigKey<Recipe, ItemList<string>> ExpertsTargets =
            new(
                "experts.targets",
                new ListOf<string>(TargetName, 1, RecipeExperts.AllTargets.Count),
                r => r.Experts.Targets)
            {
                Meaning = "linears that have experts",
                Default = RecipeExperts.AllTargets,
                Source = MoLA + " (all seven)",
            };

        public static readonly ConfigKey<Recipe, int> ExpertsShards =
            new("experts.shards", new WholeNumber<int>(1, RecipeExperts.MostExperts), r => r.Experts.Shards)
            {
                Meaning = "fixed sets that the experts are divided into; a shard is what is placed, replicated and "
                    + "moved. At most the largest experts.count",
                Unit = "shards",
                Default = 4,
                DefaultInWords = "4, or the largest experts.count if that is smaller",
                Source = OurChoice + ": independent of the number of nodes",
            };

        public static readonly ConfigKey<Recipe, RecipeRouterKind> RouterKind =
            new(
                "router.kind",
                new Word<RecipeRouterKind>(
                    ("none", RecipeRouterKind.None),
                    ("topk", RecipeRouterKind.TopK),
                    ("mor", RecipeRouterKind.Mor)),
                r => r.Router.Kind)
            {
                Meaning = "how experts are chosen: none is plain LoRA (one expert, gate 1), topk one softmax router, "
                    + "mor a main router over sub-routers",
                Default = RecipeRouterKind.Mor,
                Source = "arXiv 2503.23362, what this project is for",
            };

        public static readonly ConfigKey<Recipe, RecipeRouterScope> RouterScope =
            new(
                "router.scope",
                new Word<RecipeRouterScope>(
                    ("linear", RecipeRouterScope.Linear),
                    ("dispatch", RecipeRouterScope.Dispatch),
                    ("block", RecipeRouterScope.Block)),
                r => r.Router.Scope)
            {
                Meaning = "what shares a routing decision: every linear its own router (MoLA), the linears that read "
                    + "one activation, or a whole block",
                Default = RecipeRouterScope.Dispatch,
                Source = OurChoice + ": one message carries a dispatch point's rows",
            };

        public static readonly ConfigKey<Recipe, int> RouterTopK =
            new("router.top_k", new WholeNumber<int>(1, RecipeExperts.MostExperts), r => r.Router.TopK)
            {
                Meaning = "experts per token, at most the smallest experts.count",
                Unit = "experts",
                Default = 2,
                DefaultInWords = "2; 1 when router.kind is none",
                Source = MoLA,
            };

        public static readonly ConfigKey<Recipe, int> RouterSubRouters =
            new("router.sub_routers", new WholeNumber<int>(1, 64), r => r.Router.SubRouters)
            {
                Meaning = "sub-routers of kind mor",
                Unit = "sub-routers",
                Default = 3,
                Source = OurChoice + ": the paper's number could not be read",
            };

        public static readonly ConfigKey<Recipe, int?> RouterTopM =
            new("router.top_m", new OrNull<int>(new WholeNumber<int>(1, 64)), r => r.Router.TopM)
            {
                Meaning = "sub-routers that the main router keeps per token, at most router.sub_routers; null means "
                    + "all",
                Unit = "sub-routers",
                Default = null,
                Source = OurChoice + ": every sub-router gets a gradient",
            };

        public static readonly ConfigKey<Recipe, RecipeMixing> RouterMixing =
            new(
                "router.mixing",
                new Word<RecipeMixing>(("probability", RecipeMixing.Probability), ("logit", RecipeMixing.Logit)),
                r => r.Router.Mixing)
            {
                Meaning = "what of the sub-routers is mixed; with equal weights logit mixing is a single linear "
                    + "router",
                Default = RecipeMixing.Probability,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, double> RouterBalanceLoss =
            new("router.balance_loss", new RealNumber(0, 1000), r => r.Router.BalanceLoss)
            {
                Meaning = "weight of the load-balance loss over experts",
                Default = 0.001,
                Source = "MoE-PEFT (auxiliary loss coefficient)",
            };

        public static readonly ConfigKey<Recipe, double> RouterMainBalanceLoss =
            new("router.main_balance_loss", new RealNumber(0, 1000), r => r.Router.MainBalanceLoss)
            {
                Meaning = "weight of the load-balance loss over sub-routers",
                Default = 0,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, double> RouterZLoss =
            new("router.z_loss", new RealNumber(0, 1000), r => r.Router.ZLoss)
            {
                Meaning = "weight of the mean squared log-sum-exp of router logits",
                Default = 0,
                Source = OurChoice,
            };

        public static readonly ConfigKey<Recipe, double> RouterJitter =
            new("router.jitter", new RealNumber(0, 1, belowMost: true), r => r.Router.Jitter)
            {
                Meaning = "router inputs are multiplied by a uniform factor from 1 - jitter to 1 + jitter in training",
                Unit = "fraction",
                Default = 0,
                Source = "MoE-PEFT (MixLoRA)",
            };

        public static readonly ConfigKey<Recipe, bool> RouterAllowNonCausal =
            new("router.allow_non_causal", new Truth(), r => r.Router.AllowNonCausal)
            {
                Meaning = "allow a router whose choice for a token depends on later tokens",
                Default = false,
                Source = OurChoice + ": such a router leaks labels in causal training",
            };

        internal static ImmutableArray<ConfigKey<Recipe>> All { get; } =
        [
            ExpertsCount, ExpertsRank, ExpertsAlpha, ExpertsDropout, ExpertsTargets, ExpertsShards, RouterKind,
            RouterScope, RouterTopK, RouterSubRouters, RouterTopM, RouterMixing, RouterBalanceLoss,
            RouterMainBalanceLoss, RouterZLoss, RouterJitter, RouterAllowNonCausal,
        ];
    }
}
