using MoR.Model.Backbone;

namespace MoR.Model.Tests.Backbone;

public sealed class PackedBatchTests
{
    [Fact]
    public void Completions_are_predicted_from_the_row_before()
    {
        var batch = PackedBatch.ForPrediction([([10, 11, 12, 13], 2), ([20, 21], 0), ([30, 31, 32], 1)]);

        Assert.Equal([10, 11, 12, 20, 30, 31], batch.Tokens);
        Assert.Equal([0, 3, 4, 6], batch.Starts);
        Assert.Equal([0, 1, 2, 0, 0, 1], batch.Positions());
        Assert.Equal([1, 2, 3, 4, 5], batch.Rows);
        Assert.Equal([12, 13, 21, 31, 32], batch.Targets);
        Assert.Equal(3, batch.Sequences);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(99)]
    public void A_prompt_that_is_the_whole_sequence_leaves_nothing_to_predict(int promptLength)
    {
        var batch = PackedBatch.ForPrediction([([1, 2, 3], promptLength), ([4, 5], 1)]);

        Assert.Equal([1, 2, 4], batch.Tokens);
        Assert.Equal([2], batch.Rows);
        Assert.Equal([5], batch.Targets);
    }

    [Fact]
    public void Generation_goes_on_where_the_cache_ends()
    {
        var batch = PackedBatch.ForGeneration(([7, 8], 5), ([9], 2));

        Assert.Equal([5, 6, 2], batch.Positions());
        Assert.Equal([1, 2], batch.Rows);
        Assert.Empty(batch.Targets);
    }
}
