using static TorchSharp.torch;

namespace MoR.Model.Experts;

/// <summary>The m rows routed to one expert.</summary>
/// <param name="Number">The expert, numbered within the layer.</param>
/// <param name="X_mI">Its rows; [m, in].</param>
/// <param name="Gates_m">Its gates; [m].</param>
/// <param name="RowsOfRoute_m">Each row's position among the route's rows.</param>
/// <param name="RowsOfRequest_m">Each row's position among the request's rows.</param>
internal sealed record ExpertRows(
    int Number, Tensor X_mI, Tensor Gates_m, Tensor RowsOfRoute_m, Tensor RowsOfRequest_m);
