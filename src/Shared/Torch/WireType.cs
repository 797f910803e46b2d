namespace MoR.Torch;

/// <summary>How rows of activations and of their gradients are rounded where they travel to experts and back.</summary>
public enum WireType
{
    /// <summary>Not at all.</summary>
    F32,

    /// <summary>To bfloat16, to the nearest, of two equally near to the even one.</summary>
    Bf16,

    /// <summary>To whole multiples of max |row| / 127.</summary>
    Int8,
}
