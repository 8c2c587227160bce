#pragma once
// A random forest that tells classes apart by numbers, with a probability for each.

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"

namespace assist {

struct ForestOptions {
    int trees = 50;
    int depth = 12;         // most splits between a tree's root and a leaf
    int smallest_leaf = 3;  // samples
    std::uint64_t seed = 1;
};

// What it learns from: `features` is [sample][feature], all finite; `classes` says the class of each sample,
// 0 to class_count - 1.
struct ForestSamples {
    int feature_count = 0, class_count = 0;
    std::vector<float> features;
    std::vector<int> classes;
};

// Breiman 2001, Random Forests. Each tree learns from a draw with replacement that has as many samples of
// each class (Chen, Liaw and Breiman 2004), since how much of a class was painted says nothing about how much
// of it there is. A split is the best by Gini impurity over a random choice of about the root of the number
// of features, at one of at most 255 thresholds a feature. Leaves keep the shares of the classes.
class RandomForest {
public:
    // The same samples and seed give the same forest. At least one sample a class (asserted). Cancelled:
    // `stop`.
    [[nodiscard]] static base::Result<RandomForest> train(const ForestSamples& samples,
                                                          const ForestOptions& options, std::stop_token stop);

    // The mean over the trees of each class's share, [sample][class]; `features` is [sample][feature].
    void predict(std::span<const float> features, std::span<float> probabilities) const;

private:
    friend class TreeGrower;
    // A split goes to `next` where the feature is at most the threshold, else to next + 1. A leaf goes to
    // itself, so that several samples can walk a tree in step; `shares` is where its shares begin.
    struct Node {
        float threshold = 0;
        std::uint32_t feature = 0, next = 0, shares = 0;
    };
    struct Tree {
        std::uint32_t root = 0;
        int depth = 0;
    };
    void add_shares(const Tree& tree, std::span<const float> features, std::span<float> sums) const;

    int m_feature_count = 0, m_class_count = 0;
    std::vector<Tree> m_trees;
    std::vector<Node> m_nodes;
    std::vector<float> m_shares;  // of the leaves, [leaf][class]
};

}  // namespace assist
