"""Genomes of weighted-sum models, and what a population of them is: models, arrays for the cost, scores."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from bespoke.approx import LayerBatch, ModelBatch, layer_of_summands, simplify_structure, summands
from bespoke.model import UNLIMITED, IntArray, IntegerMLP, IntegerSVM

SumModel = IntegerMLP | IntegerSVM


class Genes(NamedTuple):
    """Genes of one layer for n candidates, as views into their genomes.

    Attributes
    ----------
    weights : ndarray, shape (n, n_outputs, n_inputs)
        In the scale of the exact model.
    cuts : ndarray, shape (n, n_outputs, n_inputs)
        Low bits of the input that the product does not see; only the first layer has them, else (n, 0, 0).
    biases : ndarray, shape (n, n_outputs)
    dropped : ndarray, shape (n, n_outputs)
        Low bits that the outputs lose.
    limits : ndarray, shape (n, n_outputs)
        Bits that are left of the outputs before the low ones are dropped; 62 for all.
    """

    weights: IntArray
    cuts: IntArray
    biases: IntArray
    dropped: IntArray
    limits: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class SumSpace:
    """All weighted-sum models of one shape.

    A genome holds per layer the weights, the low input bits that each product leaves out (first layer), the biases,
    and per output the low bits dropped and the bits at which it saturates; the scores of an argmax drop alike.

    Attributes
    ----------
    exact : IntegerMLP or IntegerSVM
        The model to start from, with plain layers.
    """

    exact: SumModel

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Outputs and inputs of each layer."""
        return [(len(layer.biases), layer.input_count) for layer in self.exact.layers]

    def is_relu(self, number: int) -> bool:
        """Whether outputs of a layer are clipped at zero."""
        return self.exact.layers[number].activation == "relu"

    def is_argmax(self, number: int) -> bool:
        """Whether a layer gives the scores of an argmax."""
        return number == len(self.exact.layers) - 1 and self.exact.decision.kind == "argmax"

    def output_bits(self, number: int) -> IntArray:
        """Bits of the greatest outputs of a layer in the exact model, before low bits are dropped, (n_outputs,)."""
        ranges = self.exact.coding.intervals()
        for layer in self.exact.layers[: number + 1]:
            ranges = layer.output_intervals(ranges)
        lengths = np.array([max(interval.high, 0).bit_length() for interval in ranges], dtype=np.int64)
        return np.asarray(lengths + self.exact.layers[number].dropped_bits, dtype=np.int64)

    def slices(self) -> list[dict[str, slice]]:
        """Where each kind of gene of each layer stands in a genome."""
        found, start = [], 0
        for number, (outputs, inputs) in enumerate(self.shapes):
            sizes = {
                "weights": outputs * inputs,
                "cuts": outputs * inputs if number == 0 else 0,
                "biases": outputs,
                "dropped": outputs,
                "limits": outputs,
            }
            places = {}
            for name, size in sizes.items():
                places[name] = slice(start, start + size)
                start += size
            found.append(places)
        return found

    @property
    def size(self) -> int:
        """Number of genes."""
        return int(self.slices()[-1]["limits"].stop)

    def genes(self, genomes: IntArray) -> list[Genes]:
        """Views of genomes, shape (n, size), layer by layer."""
        views: list[Genes] = []
        for (outputs, inputs), places in zip(self.shapes, self.slices(), strict=True):
            cuts, dropped = genomes[:, places["cuts"]], genomes[:, places["dropped"]]
            if len(views) == len(self.exact.layers) - 1:
                dropped = np.broadcast_to(dropped[:, :1], dropped.shape)
            views.append(
                Genes(
                    genomes[:, places["weights"]].reshape(-1, outputs, inputs),
                    cuts.reshape(len(cuts), *((outputs, inputs) if cuts.shape[1] else (0, 0))),
                    genomes[:, places["biases"]],
                    dropped,
                    genomes[:, places["limits"]],
                )
            )
        return views

    def encode(self, model: SumModel) -> IntArray:
        """Genome of a model of the shape without masks, shape (size,)."""
        genome = np.zeros(self.size, dtype=np.int64)
        before = np.zeros(model.coding.feature_count, dtype=np.int64)
        for layer, places in zip(model.layers, self.slices(), strict=True):
            weights = np.zeros((len(layer.biases), len(before)), dtype=np.int64)
            np.add.at(weights.T, layer.sources, (layer.weights >> before[layer.sources]).T)
            genome[places["weights"]] = weights.ravel()
            genome[places["biases"]] = layer.biases
            genome[places["dropped"]] = before = layer.dropped_bits
            genome[places["limits"]] = np.minimum(layer.saturation_bits + before, UNLIMITED)
        return genome

    def decode(self, genome: IntArray) -> SumModel:
        """Model of a genome, without what cannot matter."""
        layers = []
        dropped = np.zeros(self.exact.coding.feature_count, dtype=np.int64)
        ranges = self.exact.coding.intervals()
        for genes, layer in zip(self.genes(genome[None]), self.exact.layers, strict=True):
            limits = genes.limits[0] - np.where(genes.limits[0] < UNLIMITED, genes.dropped[0], 0)
            plain = replace(
                layer,
                weights=genes.weights[0] << dropped,
                biases=genes.biases[0],
                dropped_bits=genes.dropped[0],
                saturation_bits=np.maximum(limits, 0),
            )
            if genes.cuts.size and genes.cuts.any():
                cuts = genes.cuts[0].tolist()
                terms = [term._replace(mask=-1 << cuts[term.row][term.source]) for term in summands(plain)]
                plain = layer_of_summands(plain, terms, ranges)
            layers.append(plain)
            ranges, dropped = plain.output_intervals(ranges), genes.dropped[0]
        return simplify_structure(replace(self.exact, layers=tuple(layers))).model

    def batch(self, genomes: IntArray) -> ModelBatch:
        """Arrays for the cost model."""
        count = len(genomes)
        layers = []
        dropped = np.zeros((count, self.exact.coding.feature_count), dtype=np.int64)
        for genes, layer in zip(self.genes(genomes), self.exact.layers, strict=True):
            inputs = genes.weights.shape[2]
            masks = -1 << genes.cuts if genes.cuts.size else np.full((count, 1, inputs), -1, dtype=np.int64)
            limits = np.where(genes.limits < UNLIMITED, np.maximum(genes.limits - genes.dropped, 0), UNLIMITED)
            layers.append(
                LayerBatch(
                    genes.weights << dropped[:, None, :],
                    genes.biases,
                    np.broadcast_to(np.arange(inputs), (count, inputs)),
                    masks,
                    genes.dropped,
                    limits,
                    layer.activation,
                )
            )
            dropped = genes.dropped
        bits = np.broadcast_to(np.array(self.exact.coding.bits, dtype=np.int64), (count, len(self.exact.coding.bits)))
        return ModelBatch(bits, tuple(layers), self.exact.decision)
