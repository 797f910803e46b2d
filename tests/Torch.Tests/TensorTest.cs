using TorchSharp;

namespace MoR.Torch.Tests;

/// <summary>A test whose tensors are disposed when it ends.</summary>
public abstract class TensorTest : IDisposable
{
    private readonly DisposeScope scope = torch.NewDisposeScope();

    public void Dispose()
    {
        scope.Dispose();
        GC.SuppressFinalize(this);
    }
}
